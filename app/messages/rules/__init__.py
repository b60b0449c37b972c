"""The rules behind `app.messages.checks`: each one small function from a message to what is wrong with it."""
