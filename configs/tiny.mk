# tiny: fork model, pipe and check, list; numeric addresses, one-line help.
