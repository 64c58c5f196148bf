/* How much can run at once on this machine. */
#ifndef SUPCERT_BASE_PROCESSORS_H
#define SUPCERT_BASE_PROCESSORS_H

/* The number of processors that are online; 1 where it is not known. */
unsigned processors_online(void);

#endif
