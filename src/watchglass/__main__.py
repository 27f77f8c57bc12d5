"""`python -m watchglass` is the command `watchglass`."""

from watchglass.cli import main

if __name__ == "__main__":
    main()
