/* probe - what the boot test asks for on the console, from the inside. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void
say(const char *text)
{
	const char *end = text;

	while (*end != '\0')
		end++;
	if (write(STDOUT_FILENO, text, end - text) == -1)
		_exit(1);
}

/* A hundred children that leave a child behind: orphans for process 1. */
static void
orphans(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (fork() == 0) {
			if (fork() == 0)
				usleep(1000 * i);
			_exit(0);
		}
		wait(NULL);
	}
	say("probe: left 100 orphans\n");
}

static void
zombies(void)
{
	char *const argv[] = { (char *)"zombiewatch", NULL };
	int status;

	if (fork() == 0) {
		execv("/bin/zombiewatch", argv);
		_exit(127);
	}
	wait(&status);
	say(WIFEXITED(status) && WEXITSTATUS(status) == 0 ?
		"probe: no zombies\n" : "probe: zombies, or none to tell\n");
}

int
main(void)
{
	char letter;

	say("probe: ready\n");
	while (read(STDIN_FILENO, &letter, 1) == 1)
		switch (letter) {
		case 'o':
			orphans();
			break;
		case 'z':
			zombies();
			break;
		case 's':
			kill(1, SIGUSR1);
			break;
		case 'p':
			kill(1, SIGUSR2);
			break;
		}
	return 0;
}
