"""The command line, `flask --app wsgi COMMAND`: each reads its arguments and calls an action."""
