/** As far as it is used here: the package has no types of its own. */
declare module 'jstat' {
  interface StudentT {
    cdf(t: number, degrees: number): number;
    /** The t below which a share `p` of the distribution lies. */
    inv(p: number, degrees: number): number;
  }
  const jstat: {readonly studentt: StudentT};
  export default jstat;
}
