/* Waits for the next snapshot of a feed and prints it: wait [NAME [SECONDS [DIRECTORY [SYMBOL]]]] */
#include "dealerflow_feed.h"

/* True when there is one; false after so many seconds, or when the feed is lost. */
static bool wait_for_next(df_feed *feed, const char *directory, const char *name, const char *symbol, double seconds)
{
    const struct timespec pause = {0, 200000};
    int64_t end = df_monotonic_nanos() + (int64_t)(seconds * 1e9);
    uint64_t seen = df_publish_number(feed);
    while (df_publish_number(feed) == seen) {
        df_feed_state state = df_state(feed);
        if (state == DF_FEED_STATE_SUPERSEDED) {
            /* Another file has the name: numbers go on there. */
            df_close(feed);
            if (!df_open(feed, directory, name, symbol, DF_MAPPED)) {
                fprintf(stderr, "wait: %s\n", feed->message);
                return false;
            }
        } else if (state == DF_FEED_STATE_CORRUPT || df_monotonic_nanos() >= end) {
            fprintf(stderr, "wait: nothing new, and the feed is %s\n", df_feed_state_name(state));
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "default", *directory = argc > 3 && argv[3][0] != '\0' ? argv[3] : NULL, *symbol = argc > 4 ? argv[4] : NULL;
    df_feed feed;
    if (!df_open(&feed, directory, name, symbol, DF_MAPPED)) {
        fprintf(stderr, "wait: %s\n", feed.message);
        return 1;
    }
    df_snapshot_read_status status = DF_SNAPSHOT_READ_STATUS_NOTHING_PUBLISHED;
    df_snapshot snapshot;
    memset(&snapshot, 0, sizeof snapshot);
    if (wait_for_next(&feed, directory, name, symbol, argc > 2 ? atof(argv[2]) : 60) && df_snapshot_create(&snapshot, &feed)) {
        status = df_read_snapshot(&feed, &snapshot);
        if (status == DF_SNAPSHOT_READ_STATUS_OK) {
            char text[9];
            printf("%llu %s %.10g, %.6f s old\n", (unsigned long long)df_runtime(&snapshot)->publish_number,
                df_text(text, df_market(&snapshot)->underlying), df_market(&snapshot)->spot,
                (double)(df_monotonic_nanos() - df_runtime(&snapshot)->publish_monotonic_nanos) / 1e9);
        } else {
            fprintf(stderr, "wait: %s\n", df_snapshot_read_status_name(status));
        }
    }
    df_snapshot_free(&snapshot);
    df_close(&feed);
    return status == DF_SNAPSHOT_READ_STATUS_OK ? 0 : 1;
}
