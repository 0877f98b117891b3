"""How messages reach the house and leave it: mail over SMTP, the chat widget, and any channel over HTTP.

Owns mail addresses, mail in and out, chat widgets and visitors. Hands customers' messages to conversations and routing,
and sends what agents write.
"""
