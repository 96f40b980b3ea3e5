"""What a critic of models would say of a case: a checklist, worst first, each item with what would mend it."""
