/* What the C reader says of feeds, one line each, for a test to compare.
 *
 *     probe open|unmapped|cut DIRECTORY NAME[:SYMBOL]...   NAME, then the error, or Opened, the state and how snapshot, headline and notice were read
 *     probe watch DIRECTORY NAME STATE SECONDS    the states in the order in which they were seen, until this one or so long
 *     probe changes DIRECTORY NAME POSITION       the notices after a position: number of each and how many were missed before it; then the status
 *     probe edge DIRECTORY NAME COUNT             the oldest notice that is left, read so often while a writer overwrites it: how often it was damaged
 *     probe errors                                the sentences of all errors
 *     probe checksums                             of 0, 8, 16, ... bytes: by the table, and in the way that this machine is fastest
 *
 * unmapped reads by pread; cut does so too, and empties the file after it was opened.
 */
#include "dealerflow_feed.h"

static void probe(const char *how, const char *directory, const char *name, const char *symbol)
{
    static df_feed feed;
    df_headline headline;
    df_snapshot snapshot;
    if (!df_open(&feed, directory, name, symbol, strcmp(how, "open") == 0 ? DF_MAPPED : DF_UNMAPPED)) {
        printf("%s %s\n", name, df_feed_error_name(feed.error));
        return;
    }
    if (strcmp(how, "cut") == 0) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s.feed", directory, name);
        if (truncate(path, 0) != 0) perror(path);
    }
    if (!df_snapshot_create(&snapshot, &feed)) exit(1);
    df_snapshot small = snapshot;
    small.capacity = 8;
    if (df_read_snapshot(&feed, &small) != DF_SNAPSHOT_READ_STATUS_CORRUPT) printf("a buffer that is too small was taken\n");
    df_feed_state state = df_state(&feed);
    df_snapshot_read_status whole = df_read_snapshot(&feed, &snapshot), first = df_read_headline(&feed, &headline);
    df_level_change change;
    uint64_t position = 0, missed;
    df_snapshot_read_status next = df_read_change(&feed, &position, &change, &missed);
    printf("%s Opened %s %s %s %s\n", name, df_feed_state_name(state), df_snapshot_read_status_name(whole), df_snapshot_read_status_name(first),
        df_snapshot_read_status_name(next));
    df_snapshot_free(&snapshot);
    df_close(&feed);
}

static int watch(const char *directory, const char *name, const char *until, double seconds)
{
    static df_feed feed;
    const struct timespec pause = {0, 2000000};
    const char *last = "";
    if (!df_open(&feed, directory, name, NULL, DF_MAPPED)) {
        fprintf(stderr, "%s\n", feed.message);
        return 1;
    }
    int64_t end = df_monotonic_nanos() + (int64_t)(seconds * 1e9);
    while (strcmp(last, until) != 0 && df_monotonic_nanos() < end) {
        const char *state = df_feed_state_name(df_state(&feed));
        if (strcmp(state, last) != 0) {
            printf("%s\n", state);
            (void)fflush(stdout);
        }
        last = state;
        (void)nanosleep(&pause, NULL);
    }
    df_close(&feed);
    return 0;
}

static int changes(const char *directory, const char *name, uint64_t position)
{
    static df_feed feed;
    df_level_change change;
    uint64_t missed;
    df_snapshot_read_status status;
    if (!df_open(&feed, directory, name, NULL, DF_MAPPED)) {
        fprintf(stderr, "%s\n", feed.message);
        return 1;
    }
    while ((status = df_read_change(&feed, &position, &change, &missed)) == DF_SNAPSHOT_READ_STATUS_OK)
        printf("%llu %llu\n", (unsigned long long)position, (unsigned long long)missed);
    printf("%s %llu\n", df_snapshot_read_status_name(status), (unsigned long long)position);
    df_close(&feed);
    return 0;
}

static int edge(const char *directory, const char *name, int count)
{
    static df_feed feed;
    df_level_change change;
    int corrupt = 0;
    if (!df_open(&feed, directory, name, NULL, DF_MAPPED)) {
        fprintf(stderr, "%s\n", feed.message);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        uint64_t position = 0, missed;
        corrupt += df_read_change(&feed, &position, &change, &missed) == DF_SNAPSHOT_READ_STATUS_CORRUPT;
    }
    printf("%d corrupt\n", corrupt);
    df_close(&feed);
    return 0;
}

static void checksums(void)
{
    static df_feed plain, narrow, wide;
    unsigned char bytes[1024];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * i / 3);
    (void)df_open(&wide, NULL, "", NULL, DF_MAPPED); /* no name: all that is left of it is what it knows of the machine */
    df_crc_table_(plain.crc_table);
    narrow = wide;
    if (narrow.carryless_bits > 128) narrow.carryless_bits = 128;
    for (size_t count = 0; count <= sizeof bytes; count += 8)
        printf("%x %x %x\n", df_crc32_(&plain, bytes, count), df_crc32_(&narrow, bytes, count), df_crc32_(&wide, bytes, count));
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "errors") == 0) {
        for (int i = 0; i <= DF_FEED_ERROR_UNKNOWN_UNDERLYING; i++) printf("%s: %s\n", df_feed_error_name((uint64_t)i), df_feed_error_text((df_feed_error)i));
        return 0;
    }
    if (strcmp(how, "checksums") == 0) {
        checksums();
        return 0;
    }
    if (strcmp(how, "watch") == 0 && argc > 5) return watch(argv[2], argv[3], argv[4], atof(argv[5]));
    if (strcmp(how, "edge") == 0 && argc > 4) return edge(argv[2], argv[3], atoi(argv[4]));
    if (strcmp(how, "changes") == 0 && argc > 4) return changes(argv[2], argv[3], strtoull(argv[4], NULL, 10));
    for (int i = 3; i < argc; i++) {
        char *symbol = strchr(argv[i], ':');
        if (symbol != NULL) *symbol++ = '\0';
        probe(how, argv[2], argv[i], symbol);
    }
    return 0;
}
