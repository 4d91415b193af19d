# machines - what a target boots on; sourced by the scripts beside it.
# shellcheck shell=sh disable=SC2034
# machine TARGET sets:
#   debian   the architecture of its kernel, by Debian's name
#   kernel   the kernel's package, or "built" (see built-kernel)
#   modules  what brings up the network card, if it is not built in
#   qemu     the emulated machine
#   nic      its network card, without the netdev
#   console  the kernel's name for the serial line
#   memory   megabytes that are enough

cache=${ECHOBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/echobox}
all_machines='x86_64 aarch64 armhf mipsel s390x ppc64le i386 armel mips64el
	riscv64 mips'

machine() {
	modules='' nic=virtio-net-pci,romfile= console=ttyS0 memory=128
	case $1 in
	x86_64 | i386)
		debian=amd64 kernel=linux-image-cloud-amd64
		qemu='qemu-system-x86_64 -M q35'
		modules='virtio_pci virtio_net'
		;;
	aarch64)
		debian=arm64 kernel=linux-image-cloud-arm64
		qemu='qemu-system-aarch64 -M virt -cpu cortex-a53'
		modules='virtio_mmio virtio_net'
		nic=virtio-net-device console=ttyAMA0
		;;
	armhf | armel)
		debian=armhf kernel=linux-image-armmp
		qemu='qemu-system-arm -M virt,highmem=off -cpu cortex-a15'
		modules='virtio_mmio virtio_net'
		nic=virtio-net-device console=ttyAMA0
		;;
	mipsel)
		debian=mipsel kernel=linux-image-4kc-malta
		qemu='qemu-system-mipsel -M malta -cpu 24Kf'
		modules=pcnet32 nic=pcnet,romfile=
		;;
	mips64el)
		debian=mips64el kernel=linux-image-5kc-malta
		qemu='qemu-system-mips64el -M malta -cpu 5KEf'
		modules=pcnet32 nic=pcnet,romfile=
		;;
	ppc64le)
		debian=ppc64el kernel=linux-image-powerpc64le memory=512
		qemu='qemu-system-ppc64 -cpu power9'
		qemu="$qemu -M pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken"
		modules='virtio_pci virtio_net'
		console=hvc0
		;;
	s390x)
		debian=s390x kernel=linux-image-s390x memory=256
		qemu='qemu-system-s390x -M s390-ccw-virtio'
		modules='virtio_ccw virtio_net'
		nic=virtio-net-ccw console=ttysclp0
		;;
	riscv64)
		debian=riscv64 kernel=built memory=64
		qemu='qemu-system-riscv64 -M virt'
		nic=virtio-net-device
		;;
	mips)
		debian=mips kernel=built
		qemu='qemu-system-mips -M malta -cpu 24Kf'
		nic=pcnet,romfile=
		;;
	*)
		echo "no machine for target '$1'; there are:" $all_machines >&2
		return 2
		;;
	esac
}

# free_port: a TCP port on 127.0.0.1 that nobody has, for a moment at least.
free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# run_machine KERNEL INITRAMFS PORT APPEND: after machine(); its serial line
# is standard input and output. The guest reaches nobody, and is reached on
# 127.0.0.1:PORT alone, which is its port 7.
run_machine() {
	# shellcheck disable=SC2086
	exec $qemu -accel tcg -m "$memory" -display none -no-reboot \
		-monitor none -serial stdio -kernel "$1" -initrd "$2" \
		-netdev "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:$3-:7" \
		-device "${nic%%,*},netdev=n${nic#"${nic%%,*}"}" \
		-append "console=$console quiet panic=-1 $4"
}
