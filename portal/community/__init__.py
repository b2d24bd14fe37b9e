"""The community: spaces with topics, in which customers help each other."""
