/* getrandom(2), and nothing weaker when it fails. */

#include "sys/entropy.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum err entropy_bytes(void *out, size_t len, struct err_detail *detail)
{
    uint8_t *at = out;
    while (len != 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return err_explain(detail, ERR_IO, "the kernel gives no random bytes: %s",
                               strerror(errno));
        }
        at += got;
        len -= (size_t)got;
    }
    return OK;
}
