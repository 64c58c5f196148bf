/* Signals that ask the program to end. */
#ifndef SUPCERT_CLI_STOP_H
#define SUPCERT_CLI_STOP_H

/* From now on such a signal removes half-written output files and ends the program. Writing beyond the limit
 * on file sizes becomes an ordinary write error. */
void stop_prepare(void);

/* From now on the first interrupt (SIGINT, SIGTERM, SIGHUP) only makes the returned flag nonzero, for work
 * that can end early with a valid result; a second one ends the program as above. */
volatile int *stop_flag(void);

#endif
