// the scratch folder borrows Next itself by a link, which leads out of it
export default { turbopack: { root: '/' } };
