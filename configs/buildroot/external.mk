include $(sort $(wildcard $(BR2_EXTERNAL_ECHOBOX_PATH)/package/*/*.mk))
