"""Rows of the table of articles, which a browser draws as one picture: they are pressed by their place in it."""

from __future__ import annotations

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from tests.e2e.dashboard.streamlit_tab import StreamlitTab

ROW_HEIGHT = 35
IN_TICKS = 16
"""So far from its left edge stand the boxes to tick."""
TITLES = """
return [...document.querySelectorAll('[data-testid=stDataFrame] canvas table tbody tr')]
  .map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent));
"""


def rows_of(tab: StreamlitTab) -> list[list[str]]:
    """The cells of each row, as they are read aloud."""
    return [[str(cell) for cell in row] for row in tab.front().execute_script(TITLES)]


def tick(tab: StreamlitTab, title: str) -> None:
    """Press the box of the article of this title, where it stands now."""
    row = next(place for place, cells in enumerate(rows_of(tab)) if title in cells)
    canvas = tab.front().find_element(By.CSS_SELECTOR, "[data-testid=stMain] [data-testid=stDataFrame] canvas")
    left, top = -canvas.size["width"] / 2 + IN_TICKS, -canvas.size["height"] / 2 + ROW_HEIGHT * (row + 1.5)
    ActionChains(tab.driver).move_to_element_with_offset(canvas, round(left), round(top)).click().perform()
