#!/bin/bash
# module-setup - a dracut module: a rescue echo server in the initramfs.
# dracut --add echobox; the network comes up by ip= of the kernel command line
# (see dracut.cmdline(7)), for ip=dhcp only with rd.neednet=1 beside it.

check() {
	require_binaries echobox || return 1
	return 255	# only when asked for
}

depends() {
	echo network
}

install() {
	local applet box
	box=$(command -v echobox)
	inst "$box" /usr/bin/echobox
	for applet in $("$box" --list); do
		ln -sf echobox "${initdir:?}/usr/bin/$applet"
	done
	inst_hook initqueue/online 90 "${moddir:?}/echod-start.sh"
	inst_hook cleanup 90 "$moddir/echod-stop.sh"
}
