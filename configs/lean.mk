# lean: for a deployment, in 128 KB: no rescue and what only it needs, no
# laboratory (echod's chaos, zombiewatch's trial card), no serial lines, not
# the options of tini and dumb-init.
APPLETS := $(filter-out rescue,$(APPLETS))
# The program as a whole: 2 KB, and a link that takes fifteen seconds.
SHRINK += -flto -flto-partition=one

CPPFLAGS += -DENABLE_ECHOD_CHAOS=0 -DENABLE_ECHOD_PROGRAM=0 -DENABLE_ZW_TRIAL=0
CPPFLAGS += -DENABLE_ECHOD_TTY=0 -DENABLE_ECHOC_TTY=0 -DENABLE_ZW_ALIASES=0
