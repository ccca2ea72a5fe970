// Before the first paint: the theme a person chose. Kept out of the page so that the content policy needs no inline script.
try {
  var theme = new URLSearchParams(location.search).get('theme') || JSON.parse(localStorage.getItem('nines.theme') || '"system"');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (refused) {
  // Storage can be refused; the system's theme stands.
}
