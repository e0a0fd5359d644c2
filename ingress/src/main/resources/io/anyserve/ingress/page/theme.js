// Puts the remembered theme on the document before anything is painted. A classic script, so that it runs first.
(() => {
  const remembered = localStorage.getItem('anyserve.theme');
  document.documentElement.dataset.theme = ['light', 'dark'].includes(remembered) ? remembered : 'system';
})();
