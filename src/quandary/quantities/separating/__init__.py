"""What separates worlds in which something is true from the others: cuts, inequalities, boxes."""
