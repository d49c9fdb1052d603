# The second opinion: GCC 12, the same flags as far as it has them. It has no `musttail`, so the
# switch dispatcher runs.
CC := gcc-12
STD := -std=c2x
OPT := -O2
HARDEN := -fwrapv -fstack-protector-strong -fcf-protection=full -D_FORTIFY_SOURCE=3 \
	-ftrivial-auto-var-init=zero -fstack-clash-protection
LINK := -static-pie
STRIP := -Wl,--strip-all
