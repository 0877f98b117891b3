// Sets theme, density, language and direction before the first paint, so that nothing flashes or turns around.
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
  var languages = ['en', 'de', 'es', 'fr', 'pt-BR', 'ar'];
  var language = [saved.language]
    .concat(navigator.languages)
    .map(function (wanted) {
      return languages.find(function (one) {
        return wanted && one.split('-')[0] === wanted.split('-')[0];
      });
    })
    .find(Boolean);
  root.lang = language || 'en';
  root.dir = language === 'ar' ? 'rtl' : 'ltr';

  // Who is signed in is asked while the program still loads; the frame stands until it runs.
  if (location.pathname !== '/sign-in') {
    root.setAttribute('data-starting', '');
    var ahead = document.createElement('link');
    ahead.rel = 'preload';
    ahead.as = 'fetch';
    ahead.href = '/api/session';
    ahead.crossOrigin = 'anonymous';
    document.head.append(ahead);
  }
})();
