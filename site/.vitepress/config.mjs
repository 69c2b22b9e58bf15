// The site of .build/pages, which build.mjs has written; --base of build.mjs says where it will live.
import { defineConfig } from 'vitepress';

const github = 'https://github.com/softmax-simd/softmax-simd';
const page = (text, link) => ({ text, link });

export default defineConfig({
  srcDir: '.build/pages',
  outDir: 'dist',
  cacheDir: '.build/cache',
  base: process.env.SITE_BASE ?? '/',
  title: 'softmax-simd',
  description: 'Scores in, probabilities out: softmax and its companions for JavaScript.',
  lang: 'en',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: `${process.env.SITE_BASE ?? '/'}playground/icon.svg` }]],
  // the playground is a folder of its own, no page of VitePress
  ignoreDeadLinks: [/playground\/index\.html/],
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: github }],
    nav: [
      page('Tutorial', '/tutorial'),
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
      page('API', '/api'),
      page('Recipes', '/recipes'),
    ],
    sidebar: [
      { text: 'Learn', items: [page('Tutorial', '/tutorial'), page('Recipes', '/recipes'), page('Coming from elsewhere', '/coming-from')] }, // prettier-ignore
      { text: 'Look up', items: [page('API', '/api'), page('What each call means', '/semantics'), page('Where it works', '/hosts'), page('Versions tested', '/runtimes')] }, // prettier-ignore
      { text: 'Measured', items: [page('Numerics', '/numerics'), page('How errors are bounded', '/accuracy'), page('Performance', '/performance'), page('Reliability', '/reliability')] }, // prettier-ignore
    ],
  },
});
