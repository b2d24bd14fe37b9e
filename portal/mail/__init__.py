"""Mail out: letters are rendered and sent by the worker, and noted; a demo keeps them to be read."""
