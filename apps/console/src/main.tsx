import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/all.css';
import { App } from './app.tsx';
import { applyTheme, savedTheme } from './components/theme.ts';

applyTheme(savedTheme());
const root = document.querySelector('#root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
