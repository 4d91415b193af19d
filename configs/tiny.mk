# tiny: fork model, pipe and check, list; numeric addresses, one-line help.
CPPFLAGS += -DENABLE_NAMES=0 -DENABLE_DATAGRAM=0
