"""The dashboards. Start them with ``duebook serve``."""

from __future__ import annotations

import streamlit as st

from dashboards.frame import plain_failures, set_up
from dashboards.session import choose_client, choose_day

set_up()
# Not in a folder called pages: whatever is in one beside the app, Streamlit would also run by itself, without what is
# decided here.
page = st.navigation(
    [
        st.Page("screens/overview.py", title="Overview", icon=":material/space_dashboard:", default=True),
        st.Page("screens/ageing.py", title="Ageing", icon=":material/stacked_bar_chart:", url_path="ageing"),
        st.Page("screens/outreach.py", title="Outreach", icon=":material/outgoing_mail:", url_path="outreach"),
        st.Page("screens/data_health.py", title="Data health", icon=":material/fact_check:", url_path="data-health"),
    ]
)
with plain_failures():
    client_id = choose_client()
    if client_id is None:
        st.subheader("No client to show", anchor=False)
        st.text("Configure a client in a folder of its own under clients/, then run: duebook run CLIENT")
    else:
        choose_day(client_id)
        page.run()
