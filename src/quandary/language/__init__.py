"""The grammar shared by cases and questions: one Lark grammar, one frozen syntax tree."""
