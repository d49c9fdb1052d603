/* keccak_lanes.h: the body of one form of keccak_batch.c, which includes it once for each with
 *
 *   LANES      messages at a time
 *   VECTOR     a register of as many 64-bit words
 *   TARGET     the attribute of functions that use it
 *   XOR5(...)  of five vectors; CHI(a, b, c) is a ^ (~b & c); ROL(a, n) rotates, n constant
 *   XOR(a, b), SET(word)
 *   NAME(x)    x with the form's name
 *
 * and no guard, since it is included again. */

/* The state of LANES sponges, word by word. */
union NAME(state) {
    VECTOR v[25];
    uint64_t w[25][LANES];
};

/* Lane i after theta and rho. */
#define MOVED(i, n) ROL(XOR(a[i], d[(i) % 5]), n)

/* row makes five lanes of the new state of those that pi (FIPS 202, section 3.2.3) moves there. */
#define ROW(to, b0, b1, b2, b3, b4)    \
    do {                               \
        VECTOR r0 = b0;                \
        VECTOR r1 = b1;                \
        VECTOR r2 = b2;                \
        VECTOR r3 = b3;                \
        VECTOR r4 = b4;                \
        b[to] = CHI(r0, r1, r2);       \
        b[(to) + 1] = CHI(r1, r2, r3); \
        b[(to) + 2] = CHI(r2, r3, r4); \
        b[(to) + 3] = CHI(r3, r4, r0); \
        b[(to) + 4] = CHI(r4, r0, r1); \
    } while (0)

TARGET static ALWAYS_INLINE void NAME(round)(VECTOR b[static 25], const VECTOR a[static 25],
                                             uint64_t constant)
{
    VECTOR c[5];
    VECTOR d[5];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = XOR5(a[x], a[x + 5], a[x + 10], a[x + 15], a[x + 20]);
    }
    for (unsigned x = 0; x < 5; x++) {
        d[x] = XOR(c[(x + 4) % 5], ROL(c[(x + 1) % 5], 1));
    }
    ROW(0, XOR(a[0], d[0]), MOVED(6, 44), MOVED(12, 43), MOVED(18, 21), MOVED(24, 14));
    ROW(5, MOVED(3, 28), MOVED(9, 20), MOVED(10, 3), MOVED(16, 45), MOVED(22, 61));
    ROW(10, MOVED(1, 1), MOVED(7, 6), MOVED(13, 25), MOVED(19, 8), MOVED(20, 18));
    ROW(15, MOVED(4, 27), MOVED(5, 36), MOVED(11, 10), MOVED(17, 15), MOVED(23, 56));
    ROW(20, MOVED(2, 62), MOVED(8, 55), MOVED(14, 39), MOVED(15, 41), MOVED(21, 2));
    b[0] = XOR(b[0], SET(constant));
}

TARGET static void NAME(permute)(union NAME(state) * state)
{
    VECTOR a[25];
    VECTOR b[25];
    memcpy(a, state->v, sizeof(a));
    for (unsigned round = 0; round < KECCAK_ROUNDS; round += 2) {
        NAME(round)(b, a, keccak_round_constants[round]);
        NAME(round)(a, b, keccak_round_constants[round + 1]);
    }
    memcpy(state->v, a, sizeof(a));
}

/* absorb adds the next block of a lane's message, the last one padded. Returns whether it was the
 * last. */
static ALWAYS_INLINE bool NAME(absorb)(union NAME(state) * state, unsigned lane,
                                       struct bytes *message)
{
    uint8_t padded[KECCAK_RATE] = {0};
    const uint8_t *block = message->ptr;
    bool is_last = message->len < KECCAK_RATE;
    if (is_last) {
        bytes_copy(padded, message->ptr, message->len);
        padded[message->len] = 0x01;
        padded[KECCAK_RATE - 1] |= 0x80;
        block = padded;
    }
    for (unsigned i = 0; i < KECCAK_RATE / 8; i++) {
        state->w[i][lane] ^= load_le64(block + (size_t)8 * i);
    }
    if (!is_last) {
        message->ptr += KECCAK_RATE;
        message->len -= KECCAK_RATE;
    }
    return is_last;
}

/* squeeze takes a lane's hash, and makes the lane ready for another message. */
static ALWAYS_INLINE void NAME(squeeze)(struct hash32 *out, union NAME(state) * state,
                                        unsigned lane)
{
    for (unsigned i = 0; i < 4; i++) {
        store_le64(out->b + (size_t)8 * i, state->w[i][lane]);
    }
    for (unsigned i = 0; i < 25; i++) {
        state->w[i][lane] = 0;
    }
}

TARGET void NAME(keccak256_batch)(struct hash32 *out, const struct bytes *in, size_t count)
{
    union NAME(state) state;
    struct bytes message[LANES]; /* what is left of each lane's */
    size_t index[LANES];         /* which message that is */
    bool is_busy[LANES];
    size_t next = 0;
    memset(&state, 0, sizeof(state));
    for (unsigned lane = 0; lane < LANES; lane++) {
        is_busy[lane] = false;
    }
    for (;;) {
        bool is_done[LANES];
        unsigned busy = 0;
        for (unsigned lane = 0; lane < LANES; lane++) {
            is_done[lane] = false;
            if (!is_busy[lane] && next < count) {
                is_busy[lane] = true;
                message[lane] = in[next];
                index[lane] = next++;
            }
            if (is_busy[lane]) {
                is_done[lane] = NAME(absorb)(&state, lane, &message[lane]);
                busy++;
            }
        }
        if (busy == 0) {
            return;
        }
        NAME(permute)(&state);
        for (unsigned lane = 0; lane < LANES; lane++) {
            if (is_done[lane]) {
                NAME(squeeze)(&out[index[lane]], &state, lane);
                is_busy[lane] = false;
            }
        }
    }
}

#undef MOVED
#undef ROW
#undef LANES
#undef VECTOR
#undef TARGET
#undef XOR
#undef XOR5
#undef CHI
#undef ROL
#undef SET
#undef NAME
