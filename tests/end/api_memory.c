/* The library where memory runs out: api_memory F G CERT ANSWER. Every call comes back; where the environment
 * does not say that all allocations fail from then on (FAULT_ALL), the second round has the right answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <supcert.h>

/* One call after the other. 0: all as it should be. */
static int go_round(char **argv, const char **what)
{
    char *error = NULL;
    int good = 1;
    supcert_network *f = supcert_network_read(argv[1], 0, &error);
    free(error);
    error = NULL;
    supcert_network *g = supcert_network_read(argv[2], 0, &error);
    free(error);
    if (f == NULL || g == NULL) {
        supcert_network_free(f);
        supcert_network_free(g);
        *what = "reading";
        return 1;
    }
    const char *low[] = {"-1"}, *high[] = {"1"}, *at[] = {"1/2"};
    char **values = supcert_network_evaluate(f, at, &error);
    good = good && values != NULL && (*what = "value", strcmp(values[0], "1/2") == 0);
    supcert_numbers_free(values, 1);
    free(error);
    error = NULL;
    supcert_question question = {.lower = low, .upper = high, .output = SUPCERT_ALL_OUTPUTS, .threads = 2};
    supcert_maximum *m = supcert_maximise(f, g, &question, argv[3], &error);
    good = good && (*what = "maximum", m != NULL && m->exact && m->certified && strcmp(m->upper, argv[4]) == 0);
    supcert_maximum_free(m);
    free(error);
    error = NULL;
    supcert_claim *claim = NULL;
    supcert_status status = supcert_check(argv[3], f, g, &claim, &error);
    good = good && (*what = "check", status == SUPCERT_VERIFIED && strcmp(claim->upper, argv[4]) == 0);
    supcert_claim_free(claim);
    free(error);
    supcert_network_free(f);
    supcert_network_free(g);
    return !good;
}

int main(int argc, char **argv)
{
    const char *what = "usage";
    if (argc != 5)
        return 1;
    go_round(argv, &what);
    if (getenv("FAULT_ALL") != NULL && strcmp(getenv("FAULT_ALL"), "1") == 0) {
        puts("survived");
        return 0;
    }
    if (go_round(argv, &what) != 0) {
        printf("wrong: %s\n", what);
        return 1;
    }
    puts("survived");
    return 0;
}
