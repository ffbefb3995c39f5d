// Looks at the report in the frame and writes down what is wrong with it. Part of `tests/report_in_a_browser.rs`.
window.addEventListener('load', () => {
  const frame = document.querySelector('iframe');
  const page = frame.contentDocument, view = frame.contentWindow;
  // What is folded away counts as well.
  page.querySelectorAll('details').forEach(each => { each.open = true; });
  const all = selector => [...page.querySelectorAll(selector)];
  const told = element => (element.textContent || element.tagName).trim().slice(0, 60);

  const parts = text => {
    const found = /rgba?\(([^)]+)\)/.exec(text);
    return found ? found[1].split(/[ ,/]+/).map(Number) : null;
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = parts(view.getComputedStyle(page.documentElement).backgroundColor);
  const ground = element => {
    const box = element.closest('.place')?.querySelector('.box');
    if (box) return parts(view.getComputedStyle(box).fill);
    for (let at = element; at && at.nodeType === 1; at = at.parentElement) {
      const colour = parts(view.getComputedStyle(at).backgroundColor);
      if (colour && (colour.length < 4 || colour[3] > 0)) return colour;
    }
    return paper;
  };
  const pale = [];
  const withText = all('body *').filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  for (const element of withText) {
    if (element.closest('title, desc, style')) continue;
    const style = view.getComputedStyle(element);
    const colour = parts(element.tagName === 'text' ? style.fill : style.color);
    if (colour && contrast(colour, ground(element)) < 4.5) pale.push(`${told(element)}: ${contrast(colour, ground(element)).toFixed(2)}`);
  }

  const tooWide = page.documentElement.scrollWidth > view.innerWidth
    ? all('body *').filter(each => !each.closest('.wide') && each.getBoundingClientRect().right > view.innerWidth + 1).map(told).slice(0, 5)
    : [];
  if (page.documentElement.scrollWidth > view.innerWidth && tooWide.length === 0) tooWide.push(`${page.documentElement.scrollWidth}`);

  const spilled = [];
  for (const place of all('.place')) {
    const box = place.querySelector('.box').getBBox();
    for (const text of place.querySelectorAll('text')) {
      const own = text.getBBox();
      const inside = own.x >= box.x && own.y >= box.y - 1 && own.x + own.width <= box.x + box.width && own.y + own.height <= box.y + box.height + 1;
      if (!inside) spilled.push(told(text));
    }
  }
  for (const drawing of all('svg')) {
    const [, , width, height] = drawing.getAttribute('viewBox').split(' ').map(Number);
    for (const text of drawing.querySelectorAll('text')) {
      const at = text.getBoundingClientRect(), whole = drawing.getBoundingClientRect();
      if (at.left < whole.left - 1 || at.right > whole.right + 1 || at.top < whole.top - 1 || at.bottom > whole.bottom + 1) {
        spilled.push(`${told(text)} of ${width} by ${height}`);
      }
    }
  }

  const skippedHeadings = [];
  let before = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) skippedHeadings.push(told(heading));
    before = level;
  }
  const unnamed = all('[tabindex], a, svg[role=img], section, article.journey, nav')
    .filter(each => !(each.getAttribute('aria-label') || each.getAttribute('aria-labelledby') || each.textContent.trim()))
    .map(told);
  const nameOf = each => each.getAttribute('aria-label') || page.getElementById(each.getAttribute('aria-labelledby'))?.textContent || '';
  const names = all('[role=region], section[aria-labelledby], nav').map(nameOf);
  const doubled = names.filter((name, at) => names.indexOf(name) !== at);
  const small = all('nav a, summary').filter(each => each.getBoundingClientRect().height < 24).map(told);
  const faint = all('path.way').filter(each => contrast(parts(view.getComputedStyle(each).stroke), paper) < 3).map(told);
  const overlapping = [];
  for (const drawing of all('.beside svg')) {
    const labels = [...drawing.querySelectorAll('text.number')].map(each => each.getBoundingClientRect());
    labels.forEach((one, at) => {
      const meets = labels.slice(at + 1).some(other => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom);
      if (meets) overlapping.push(told(drawing));
    });
  }
  const count = selector => all(`body > ${selector}`).length;
  const found = {
    width: view.innerWidth,
    is_dark: light(paper) < 0.5,
    lang: page.documentElement.lang,
    landmarks: { header: count('header'), nav: count('nav'), main: count('main'), footer: count('footer') },
    skip_link: page.querySelector('body > a')?.getAttribute('href')?.slice(1),
    scripts: all('script').length,
    too_wide: tooWide, pale, spilled, unnamed, skipped_headings: skippedHeadings,
    doubled, small, faint, overlapping,
  };
  document.getElementById('found').textContent = JSON.stringify(found);
});
