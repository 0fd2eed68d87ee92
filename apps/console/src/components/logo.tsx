import ferry from '../styles/ferry.svg';

export const Logo = () => (
  <span className="logo">
    <img src={ferry} alt="" width="28" height="28" />
    Userferry
  </span>
);
