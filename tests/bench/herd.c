/* herd - a crowd of processes to be looked at.
 * usage: herd SLEEPERS ZOMBIES   says "ready", lives until its input ends
 * The zombies are children it never waits for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	int i, sleepers, zombies, gate[2];
	char c;

	if (argc != 3 || pipe(gate) == -1)
		return 2;
	sleepers = atoi(argv[1]);
	zombies = atoi(argv[2]);
	for (i = 0; i < sleepers + zombies; i++) {
		switch (fork()) {
		case -1:
			perror("fork");
			return 3;
		case 0:
			if (i < zombies)
				_exit(i % 3);
			close(gate[1]);
			/* They end with the herd: its end of the pipe closes. */
			_exit(read(gate[0], &c, 1) != 0);
		}
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	close(gate[1]);
	return 0;
}
