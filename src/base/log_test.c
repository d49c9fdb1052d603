/* The log ring: order and wraparound at every fill, and the text of every event. */

#include "base/log.h"

#include "base/err.h"
#include "tests/test.h"

static void keeps_the_last_records_in_order(void)
{
    for (size_t cap = 1; cap <= 16; cap *= 2) {
        /* One record more on either side shows writes outside of the ring. */
        struct log_record records[18];
        memset(records, 0xee, sizeof(records));
        struct log_ring ring;
        log_init(&ring, records + 1, cap);
        CHECK_EQ(log_len(&ring), 0);
        for (uint64_t n = 0; n < 3 * cap + 1; n++) {
            log_append(&ring, 1000 + n, LOG_REQUEST_COMPLETE, n, ~n);
            size_t len = log_len(&ring);
            CHECK_EQ(len, n < cap ? n + 1 : cap);
            for (size_t i = 0; i < len; i++) {
                const struct log_record *record = log_at(&ring, i);
                uint64_t number = n + 1 - len + i;
                CHECK_EQ(record->a, number);
                CHECK_EQ(record->b, ~number);
                CHECK_EQ(record->time_ns, 1000 + number);
                CHECK_EQ(record->event, LOG_REQUEST_COMPLETE);
            }
        }
        uint8_t untouched[sizeof(struct log_record)];
        memset(untouched, 0xee, sizeof(untouched));
        CHECK_BYTES(&records[0], untouched, sizeof(untouched));
        CHECK_BYTES(&records[cap + 1], untouched, sizeof(untouched));
    }
}

static void formats_every_event(void)
{
    for (unsigned event = 0; event < LOG_EVENT_COUNT; event++) {
        /* The longest numbers must fit, with a NUL, in LOG_TEXT_MAX. */
        struct log_record record = {UINT64_MAX, (enum log_event)event, UINT64_MAX, UINT64_MAX};
        char *text = (char *)test_guarded(NULL, LOG_TEXT_MAX);
        size_t len = log_format(text, &record);
        CHECK(len < LOG_TEXT_MAX);
        CHECK_EQ(strlen(text), len);
        CHECK(strchr(text, '\n') == NULL);
        CHECK(strncmp(text, "18446744073.709551615 ", 22) == 0);
        CHECK(text[len - 1] == '5' && len > 22 + 20);
    }
}

static void formats_fields(void)
{
    char text[LOG_TEXT_MAX];
    struct log_record record = {12000345678, LOG_REQUEST_COMPLETE, 512, 90};
    CHECK_EQ(log_format(text, &record), strlen(text));
    CHECK_STR(text, "12.000345678 request complete: bytes 512, microseconds 90");
    record = (struct log_record){5, LOG_CONNECTION_ACCEPTED, 3, 77};
    (void)log_format(text, &record);
    CHECK_STR(text, "0.000000005 connection accepted: open connections 3");
    record = (struct log_record){0, LOG_REQUEST_REJECTED, ERR_LIMIT, 70000};
    (void)log_format(text, &record);
    CHECK_STR(text, "0.000000000 request rejected: error ERR_LIMIT, bytes 70000");
    /* A number that is no error is still printed. */
    record.a = ERR_COUNT;
    (void)log_format(text, &record);
    CHECK(strstr(text, "error 1") != NULL);
}

static const struct test_case cases[] = {
    CASE(keeps_the_last_records_in_order),
    CASE(formats_every_event),
    CASE(formats_fields),
};

TEST_MAIN(cases)
