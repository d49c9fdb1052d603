#ifndef SYS_VERSION_H
#define SYS_VERSION_H

/* version.h: the version that the programs name. */

#define NITRO_REVM_VERSION "0.1.0"

#endif
