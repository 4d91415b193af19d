# Yocto recipe: add this folder to BBFILES; it builds the checkout that it is
# part of (externalsrc). From a layer's recipes-*/echobox/ it builds the one that
# local.conf names: EXTERNALSRC:pn-echobox = "/path/to/echobox", and
# EXTERNALSRC_BUILD:pn-echobox the same.
SUMMARY = "Echo server, echo client and zombie finder in one static binary"
SECTION = "console/network"
LICENSE = "0BSD"
LIC_FILES_CHKSUM = "file://LICENSE;md5=85df7b1ee98d01c702a09aba6da5ae1a"

inherit externalsrc
EXTERNALSRC = "${THISDIR}/../.."
EXTERNALSRC_BUILD = "${EXTERNALSRC}"

# A static musl build is the smallest: TCLIBC = "musl". With glibc the distro
# must have static libraries.
EXTRA_OEMAKE = "'CC=${CC}' 'OBJCOPY=${OBJCOPY}' PREFIX=${prefix}"
INSANE_SKIP:${PN} += "ldflags already-stripped"

do_compile() {
	oe_runmake
}

do_install() {
	oe_runmake install DESTDIR=${D}
}
