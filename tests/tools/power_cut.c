/* Cuts a mounted file system off from its disk, as a power cut would: power_cut MOUNTPOINT */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* <linux/fs.h> has these only in recent versions of the kernel's headers. */
#ifndef FS_IOC_SHUTDOWN
#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#endif
enum { NO_LOG_FLUSH = 2 };

int main(int argc, char **argv)
{
    uint32_t how = NO_LOG_FLUSH;
    int mount = open(argc > 1 ? argv[1] : "", O_RDONLY | O_DIRECTORY);
    if (mount < 0 || ioctl(mount, FS_IOC_SHUTDOWN, &how) != 0) {
        perror("power_cut");
        return 1;
    }
    return 0;
}
