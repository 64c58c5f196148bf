/* The public interface, used as a program outside the project would: api F G CERT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <supcert.h>

static void ensure(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "api: %s\n", what);
    exit(1);
}

static void try_mistakes(const supcert_network *f, const supcert_network *g, const char *certificate)
{
    char *error = NULL;
    const char *low[] = {"2"}, *high[] = {"1"}, *bad[] = {"one"};
    ensure(supcert_network_read("no such file", 0, &error) == NULL && error != NULL, "a missing file is an error");
    free(error);
    ensure(supcert_network_read("no such file", 0, NULL) == NULL, "the error need not be asked for");
    ensure(supcert_network_evaluate(f, bad, &error) == NULL && strstr(error, "coordinate 0") != NULL, "a coordinate is a number");
    free(error);
    supcert_question upside_down = {.lower = low, .upper = high, .output = SUPCERT_ALL_OUTPUTS};
    ensure(supcert_maximise(f, g, &upside_down, NULL, &error) == NULL && strstr(error, "above") != NULL, "a box has its ends in order");
    free(error);
    supcert_question outside = {.output = 7};
    ensure(supcert_maximise(f, g, &outside, NULL, &error) == NULL && strstr(error, "output 7") != NULL, "outputs have a range");
    free(error);
    supcert_question unwritable = {.output = SUPCERT_ALL_OUTPUTS};
    ensure(supcert_maximise(f, g, &unwritable, "no such folder/c", &error) == NULL && error != NULL, "a certificate needs a place");
    free(error);
    supcert_claim *claim = NULL;
    ensure(supcert_check(certificate, g, f, &claim, &error) == SUPCERT_REJECTED && claim == NULL, "networks are told apart");
    free(error);
    ensure(supcert_check("no such file", f, g, &claim, &error) == SUPCERT_BAD_INPUT && claim == NULL, "a certificate exists");
    free(error);
}

int main(int argc, char **argv)
{
    ensure(argc == 4, "usage: api F G CERT");
    char *error = NULL;
    supcert_network *f = supcert_network_read(argv[1], 0, &error), *g = supcert_network_read(argv[2], 0, &error);
    ensure(f != NULL && g != NULL && error == NULL, "the networks are read");
    ensure(supcert_network_inputs(f) == 1 && supcert_network_outputs(f) == 1 && supcert_network_neurons(f) == 3, "sizes");
    ensure(strlen(supcert_network_digest(f)) == 64, "digest");

    const char *lower[] = {"-1/2"}, *upper[] = {"0.75"}, *point[] = {"-3e-1"};
    char **values = supcert_network_evaluate(f, point, &error);
    ensure(values != NULL && strcmp(values[0], "3/10") == 0, "value");
    supcert_numbers_free(values, 1);

    supcert_question question = {.lower = lower, .upper = upper, .output = SUPCERT_ALL_OUTPUTS};
    supcert_maximum *maximum = supcert_maximise(f, g, &question, argv[3], &error);
    ensure(maximum != NULL && maximum->exact && strcmp(maximum->lower, "5/12") == 0, "maximum");
    ensure(maximum->sign == 1 && maximum->output == 0 && maximum->inputs == 1 && strcmp(maximum->point[0], "3/4") == 0, "maximiser");

    supcert_claim *claim;
    ensure(supcert_check(argv[3], f, g, &claim, &error) == SUPCERT_VERIFIED && error == NULL, "certificate");
    ensure(strcmp(claim->upper, maximum->upper) == 0 && strcmp(claim->box_lower[0], "-1/2") == 0 && claim->all_outputs, "claim");
    printf("supcert %s: max |f - g| = %s (%s)\n", supcert_version(), claim->upper, maximum->decimal);
    try_mistakes(f, g, argv[3]);
    supcert_claim_free(claim);
    supcert_maximum_free(maximum);
    supcert_network_free(f);
    supcert_network_free(g);
    return 0;
}
