"""What is above the ops, as data: which objects are built with which arguments, and on what they are called."""
