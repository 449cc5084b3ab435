"""One script a page; Streamlit runs them from the top at each look."""
