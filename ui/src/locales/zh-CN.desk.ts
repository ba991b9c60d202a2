/** Words of the desk. */
export default {
  title: '入户排查',
}
