"""Tables of cases, conversations, messages, intervals, and of what agents keep beside them."""
