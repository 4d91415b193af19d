# tiny: fork model, pipe and check, list; numeric addresses, one-line help.
CPPFLAGS += -DENABLE_NAMES=0 -DENABLE_DATAGRAM=0 -DENABLE_PING=0
CPPFLAGS += -DENABLE_ZW_INIT=0 -DENABLE_ZW_ALIASES=0
