// A page that is not there, with the real widget on it: the widget's settings come from the server,
// and what stands in the address (`#{theme, language, require_email, online}`) replaces the saved ones.
(function () {
  var key = new URLSearchParams(location.search).get('key') || '';
  var wanted = {};
  try {
    wanted = JSON.parse(decodeURIComponent(location.hash.slice(1)) || '{}');
  } catch {
    wanted = {};
  }
  if (wanted.theme) document.documentElement.style.setProperty('--brand', wanted.theme.color);

  var fetchReally = window.fetch.bind(window);
  window.fetch = function (input, options) {
    var address = typeof input === 'string' ? input : input.url || String(input);
    var answer = fetchReally(input, options);
    if (!/\/chat\/[^/]+\/config(\?|$)/.test(address)) return answer;
    return answer.then(function (response) {
      if (!response.ok) return response;
      return response.json().then(function (config) {
        if (wanted.theme) config.theme = wanted.theme;
        if (wanted.language) config.language = wanted.language;
        if (typeof wanted.require_email === 'boolean') config.require_email = wanted.require_email;
        if (wanted.online === 'yes') config.online = true;
        if (wanted.online === 'no') config.online = false;
        return new Response(JSON.stringify(config), {
          status: response.status,
          headers: { 'Content-Type': 'application/json' },
        });
      });
    });
  };

  // The widget focuses its field when it opens: here that would take the cursor out of the form beside it.
  var used = false;
  var focus = HTMLElement.prototype.focus;
  HTMLElement.prototype.focus = function (options) {
    if (used) focus.call(this, options);
  };
  addEventListener(
    'pointerdown',
    function () {
      used = true;
    },
    true,
  );
  addEventListener(
    'keydown',
    function () {
      used = true;
    },
    true,
  );

  var script = document.createElement('script');
  script.src = '/widget.js';
  script.dataset.key = key;
  script.onload = function () {
    if (window.Careloom) window.Careloom.open();
  };
  document.head.append(script);
})();
