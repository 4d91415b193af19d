/* udploop - the least a UDP echo server can do: recvfrom, sendto, for ever.
 * Not to be changed together with what it judges. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET }, peer;
	static char buf[65536];
	socklen_t len;
	ssize_t n;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 3 || inet_pton(AF_INET, argv[1], &a.sin_addr) != 1)
		return 2;
	a.sin_port = htons(atoi(argv[2]));
	if (bind(fd, (struct sockaddr *)&a, sizeof a) == -1)
		return 3;
	for (;;) {
		len = sizeof peer;
		n = recvfrom(fd, buf, sizeof buf, 0, (struct sockaddr *)&peer, &len);
		if (n >= 0)
			sendto(fd, buf, n, MSG_DONTWAIT, (struct sockaddr *)&peer, len);
	}
}
