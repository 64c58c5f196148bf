/* How much this process can do at once. */
#ifndef SUPCERT_BASE_PROCESSORS_H
#define SUPCERT_BASE_PROCESSORS_H

/* The number of processors that this process may use: those of its affinity, at most as many as the quotas
 * of its control groups amount to, rounded up; at least 1. */
unsigned processors_usable(void);

#endif
