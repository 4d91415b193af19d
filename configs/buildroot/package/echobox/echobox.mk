################################################################################
#
# echobox
#
################################################################################

# The checkout that this tree is part of.
ECHOBOX_VERSION = 0.1.0
ECHOBOX_SITE = $(BR2_EXTERNAL_ECHOBOX_PATH)/../..
ECHOBOX_SITE_METHOD = local
ECHOBOX_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude build
ECHOBOX_LICENSE = 0BSD
ECHOBOX_LICENSE_FILES = LICENSE

ECHOBOX_MAKE_OPTS = CC="$(TARGET_CC)" OBJCOPY="$(TARGET_OBJCOPY)" \
	PREFIX=/usr \
	CONFIG="$(if $(BR2_PACKAGE_ECHOBOX_TINY),tiny)"

define ECHOBOX_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) $(ECHOBOX_MAKE_OPTS)
endef

define ECHOBOX_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) $(ECHOBOX_MAKE_OPTS) \
		DESTDIR=$(TARGET_DIR) install
endef

define ECHOBOX_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 0644 $(@D)/configs/systemd/echod.service \
		$(TARGET_DIR)/usr/lib/systemd/system/echod.service
endef

define ECHOBOX_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 0755 $(@D)/configs/openrc/echod \
		$(TARGET_DIR)/etc/init.d/echod
endef

$(eval $(generic-package))
