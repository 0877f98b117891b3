"""Whether everything on a page is reached by keys and shows that it has the focus, and nothing keeps it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_SCRIPT = """() => {
    const TABBED = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls],'
        + ' video[controls], [contenteditable=true], [tabindex]';
    const ROLES = ['button', 'checkbox', 'combobox', 'gridcell', 'link', 'menuitem', 'menuitemcheckbox',
        'menuitemradio', 'option', 'radio', 'slider', 'spinbutton', 'switch', 'tab', 'textbox', 'treeitem'];
    const OPERATED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true], '
        + ROLES.map((role) => `[role=${role}]`).join(', ');
    const COMPOSED = ['grid', 'listbox', 'menu', 'menubar', 'radiogroup', 'tablist', 'toolbar', 'tree']
        .map((role) => `[role=${role}]`).join(', ');
    /** Where the caret shows that words go there. */
    const WRITTEN = 'textarea, [contenteditable=true], '
        + ['text', 'search', 'email', 'password', 'tel', 'url'].map((type) => `input[type=${type}]`).join(', ')
        + ', input:not([type])';
    const HANDLERS = ['onClick', 'onDoubleClick', 'onMouseDown', 'onMouseUp', 'onPointerDown'];

    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0
        && !one.closest('[inert], [aria-hidden=true]');
    const works = (one) => !one.matches(':disabled, [aria-disabled=true]');
    const tabbed = (one) => one.tabIndex >= 0 && one.matches(TABBED) && works(one) && shown(one);
    const inside = (top, what) => [...top.querySelectorAll(what)];
    const told = (one) => one.outerHTML.slice(0, 160);

    /** What is open before the rest: only there the focus may go. */
    const open = inside(document, '[role=dialog], [role=menu]').filter(shown).at(-1);
    const top = open ?? document.body;
    const byArrows = open?.getAttribute('role') === 'menu';

    /** One of a group of radio buttons is on the way; the arrow keys go on from there. */
    const passed = (one) => {
        if (one.type !== 'radio') return true;
        const group = inside(one.form ?? document, 'input[type=radio]').filter((each) => each.name === one.name);
        return one === (group.find((each) => each.checked) ?? group.find(works));
    };
    /** A part of a bigger thing that leads to its parts by arrow keys, or tells which one is meant. */
    const composed = (one) => {
        const whole = one.closest(COMPOSED);
        if (!whole) return false;
        if (tabbed(whole) || inside(whole, TABBED).some(tabbed) || whole.contains(document.activeElement)) return true;
        return Boolean(document.querySelector(`[aria-controls~="${whole.id}"], [aria-owns~="${whole.id}"]`));
    };
    const props = (one) => one[Object.keys(one).find((key) => key.startsWith('__reactProps$'))] ?? {};
    const heeds = (one) => HANDLERS.some((name) => typeof props(one)[name] === 'function');

    const found = [];
    for (const one of inside(top, '*')) {
        if (!shown(one) || !works(one)) continue;
        if (one.matches(OPERATED)) {
            if (!tabbed(one) && !(one.type === 'radio' && one.tabIndex >= 0) && !composed(one)) {
                found.push(`no key reaches ${told(one)}`);
            }
        } else if (heeds(one) && !one.closest(`${TABBED}, label`) && !inside(one, TABBED).some(tabbed)) {
            if (!composed(one)) found.push(`only a pointer reaches ${told(one)}`);
        }
    }

    const around = (one, depth = 7) => (one && depth ? [one, ...around(one.parentElement, depth - 1)] : []);
    /** How it looks, and what stands around it: some show the focus of what they hold. */
    const look = (one) => [...around(one), one.nextElementSibling]
        .filter(Boolean).flatMap((each) => [getComputedStyle(each), getComputedStyle(each, '::after')])
        .map((style) => [style.outlineStyle === 'none' ? '' : style.outline, style.boxShadow, style.borderColor,
            style.backgroundColor, style.textDecorationLine, style.clipPath, style.transform].join())
        .join('|');
    const still = new CSSStyleSheet();
    still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
    document.adoptedStyleSheets.push(still);
    const had = document.activeElement;
    had?.blur();
    const wanted = byArrows ? inside(top, '[role^=menuitem]').filter((one) => shown(one) && works(one))
        : inside(top, TABBED).filter((one) => tabbed(one) && passed(one));
    const before = new Map(wanted.map((one) => [one, look(one)]));
    const [visited, dull] = [new Set(), new Set()];
    const heard = ({ target }) => {
        visited.add(target);
        if (before.has(target) && before.get(target) === look(target) && !target.matches(WRITTEN)) dull.add(target);
    };
    document.addEventListener('focusin', heard, true);
    const left = () => wanted.filter((one) => one.isConnected && tabbed(one) && passed(one) && !visited.has(one));
    const missed = byArrows ? () => wanted.filter((one) => one.isConnected && !visited.has(one)) : left;
    if (open) open.focus();
    window.journeyWalk = {
        key: byArrows ? 'ArrowDown' : 'Tab',
        steps: () => missed().length,
        end: () => {
            document.removeEventListener('focusin', heard, true);
            document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== still);
            document.activeElement?.blur();
            if (had?.isConnected) had.focus();
            delete window.journeyWalk;
            return [
                ...found,
                ...missed().map((one) => `the way by Tab leaves out ${told(one)}`),
                ...[...dull].map((one) => `the focus does not show on ${told(one)}`),
            ];
        },
    };
    return { key: window.journeyWalk.key, steps: wanted.length };
}"""
_ROUNDS = 3
_SLACK = 6  # stops that are no elements of the page: its frames, panes that scroll, the browser's own


def out_of_reach(page: Page) -> list[str]:
    """What no key reaches, or shows nothing when it has the focus, in what is open: a dialog, a menu, or the page.

    Walks all of it by Tab, a menu by arrow keys; what keeps the focus keeps it from the rest.
    """
    walk: dict[str, Any] = page.evaluate(_SCRIPT)
    steps = int(walk["steps"])
    for _ in range(_ROUNDS):
        if steps == 0:
            break
        for _ in range(steps + _SLACK):
            page.keyboard.down(walk["key"])
        page.keyboard.up(walk["key"])
        steps = page.evaluate("() => window.journeyWalk.steps()")
    return page.evaluate("() => window.journeyWalk.end()")
