// Sets theme and density before the first paint, so that nothing flashes.
(function () {
  var saved = {};
  try {
    saved = JSON.parse(localStorage.getItem('careloom.preferences') || '{}');
  } catch {
    saved = {};
  }
  var dark =
    saved.theme === 'dark' ||
    (saved.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var root = document.documentElement;
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  root.setAttribute('data-density', saved.density === 'compact' ? 'compact' : 'comfortable');
})();
