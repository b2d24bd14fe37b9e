"""The company's own pages: privacy policy, terms, company details, how to reach us; and who accepted which version when."""
