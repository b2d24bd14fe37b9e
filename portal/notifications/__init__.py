"""What a person is told: notices under the bell, and which mails they want."""
