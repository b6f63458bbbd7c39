(* The normal density in R^d with a full covariance matrix C: derivatives in place and time, its
   one-dimensional factors, and the special case of a diagonal C. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives Gaussian SymmetricMatrices
  MatrixDerivatives.
Open Scope R_scope.

Definition full_gauss d (m : vec) (C : mat) (x : vec) :=
  exp (- quadratic d (inverse d C) (fun i => x i - m i) / 2 - log_determinant d C / 2) / sqrt (2 * PI) ^ d.

(* C^-1 (x - m): minus the score. *)
Definition full_gauss_score d (m : vec) (C : mat) (x : vec) : vec :=
  apply_matrix d (inverse d C) (fun i => x i - m i).

Lemma full_gauss_pos d m C x : 0 < full_gauss d m C x.
Proof. apply Rdiv_lt_0_compat; [apply exp_pos|apply pow_lt, sqrt2pi_pos]. Qed.

Lemma full_gauss_derive d (f : R -> R) m C t x l y :
  is_derive (fun s => - quadratic d (inverse d (C s)) (fun i => x s i - m s i) / 2 - log_determinant d (C s) / 2) t l ->
  y = full_gauss d (m t) (C t) (x t) * l ->
  is_derive (fun s => full_gauss d (m s) (C s) (x s)) t y.
Proof.
  intros H ->. assert (P := pow_nonzero _ d (Rgt_not_eq _ _ sqrt2pi_pos)). unfold full_gauss, Rdiv.
  eapply is_derive_eq.
  - apply is_derive_times. apply (is_derive_comp exp); [apply is_derive_exp|exact H].
  - unfold scal; simpl; unfold mult; simpl. unfold Rdiv. ring.
Qed.

(* x^T B x for a symmetric B, as x moves. *)
Lemma quadratic_derive d (B : R -> mat) (dB : mat) (y : R -> vec) (dy : vec) t : symmetric (B t) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> is_derive (fun s => B s i j) t (dB i j)) ->
  (forall i, (i < d)%nat -> is_derive (fun s => y s i) t (dy i)) ->
  is_derive (fun s => quadratic d (B s) (y s)) t
    (2 * dot d (apply_matrix d (B t) (y t)) dy + quadratic d dB (y t)).
Proof.
  intros S HB Hy. unfold quadratic, apply_matrix. eapply is_derive_eq.
  - apply is_derive_sumn. intros i Hi. apply is_derive_product; [now apply Hy|].
    apply (is_derive_sumn d (fun j s => B s i j * y s j) (fun j => dB i j * y t j + B t i j * dy j)).
    intros j Hj. apply is_derive_product; auto.
  - cbv beta. unfold dot.
    rewrite (sumn_ext d _ (fun i => sumn d (fun j => B t i j * y t j) * dy i
        + (sumn d (fun j => y t i * (B t i j * dy j)) + y t i * sumn d (fun j => dB i j * y t j)))).
    + rewrite !sumn_plus. rewrite (sumn_swap d d (fun i j => y t i * (B t i j * dy j))).
      rewrite (sumn_ext d (fun j => sumn d (fun i => y t i * (B t i j * dy j)))
                (fun i => sumn d (fun j => B t i j * y t j) * dy i)).
      * ring.
      * intros i _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros j _. rewrite (S i j). ring.
    + intros i _. rewrite sumn_scal, sumn_plus. ring.
Qed.

(* grad N = - N C^-1 (x - m). *)
Lemma full_gauss_derive_coord d m C x i : symmetric C -> (i < d)%nat ->
  is_derive (fun y => full_gauss d m C (upd x i y)) (x i)
    (- (full_gauss d m C x * full_gauss_score d m C x i)).
Proof.
  intros S Hi. eapply (full_gauss_derive d (fun y => y) (fun _ => m) (fun _ => C) (x i) (fun y => upd x i y)).
  - unfold Rminus at 1, Rdiv at 1. apply is_derive_sum.
    + apply is_derive_times. apply (is_derive_opp (fun y => quadratic d (inverse d C) (fun j => upd x i y j - m j))).
      apply (quadratic_derive d (fun _ => inverse d C) (fun _ _ => 0) (fun y j => upd x i y j - m j)
               (fun j => kronecker i j)).
      * now apply inverse_symmetric.
      * intros. apply (is_derive_const (inverse d C _ _)).
      * intros j _. unfold upd, kronecker. rewrite (Nat.eqb_sym i j). destruct (Nat.eqb_spec j i) as [->|].
        -- auto_derive; [easy|ring].
        -- apply (is_derive_const (x j - m j)).
    + apply (is_derive_const (- (log_determinant d C / 2))).
  - rewrite upd_id. unfold opp, zero; simpl. unfold quadratic at 1, apply_matrix at 2.
    rewrite (sumn_ext d (fun k => _ * sumn d _) (fun _ => 0)), sumn_zero.
    2:{ intros k _. rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; intros; ring. }
    unfold dot. rewrite (sumn_ext d _ (fun j => kronecker i j * full_gauss_score d m C x j)).
    + rewrite sumn_kronecker by easy. field.
    + intros j _. unfold full_gauss_score. apply Rmult_comm.
Qed.

(* d/dt N = N [g . m' + g^T C' g/2 - tr(C^-1 C')/2] with g = C^-1 (x - m). *)
Lemma full_gauss_derive_t d (m : R -> vec) (C : R -> mat) (dm : vec) (dC : mat) t x :
  (forall s, symmetric (C s)) -> symmetric dC -> locally t (fun s => positive d (C s)) ->
  (forall i, (i < d)%nat -> is_derive (fun s => m s i) t (dm i)) -> differentiable t d C dC ->
  let g := full_gauss_score d (m t) (C t) x in
  is_derive (fun s => full_gauss d (m s) (C s) x) t
    (full_gauss d (m t) (C t) x
     * (dot d g dm + quadratic d dC g / 2 - sumn d (fun i => product d (inverse d (C t)) dC i i) / 2)).
Proof.
  intros S S' P Hm HC g. assert (Pt := locally_singleton _ _ P).
  assert (BS := inverse_symmetric d _ (S t)). set (B := inverse d (C t)) in *.
  eapply (full_gauss_derive d (fun y => y) m C t (fun _ => x)).
  - unfold Rminus at 1, Rdiv at 1. apply is_derive_sum.
    + apply is_derive_times. apply (is_derive_opp (fun s => quadratic d (inverse d (C s)) (fun j => x j - m s j))).
      apply (quadratic_derive d (fun s => inverse d (C s)) (fun i j => - product d B (product d dC B) i j)
               (fun s j => x j - m s j) (fun j => - dm j)).
      * exact BS.
      * intros i j Hi Hj. now apply inverse_derivative.
      * intros j Hj. unfold Rminus. eapply is_derive_eq.
        -- apply is_derive_sum; [apply (is_derive_const (x j))|]. apply (is_derive_opp (fun s => m s j)). now apply Hm.
        -- unfold zero, opp; simpl. ring.
    + apply (is_derive_opp (fun s => log_determinant d (C s) / 2)). unfold Rdiv at 1. apply is_derive_times.
      apply (log_determinant_derivative t d C dC S S' Pt HC).
  - unfold opp; simpl. fold B.
    change (apply_matrix d B (fun j => x j - m t j)) with g.
    assert (E : quadratic d (fun i j => - product d B (product d dC B) i j) (fun j => x j - m t j) = - quadratic d dC g).
    { set (y := fun j => x j - m t j). unfold quadratic, apply_matrix, product.
      rewrite <- sumn_opp.
      transitivity (sumn d (fun i => sumn d (fun k => - (y i * (B i k * apply_matrix d dC g k))))).
      - apply sumn_ext. intros i _. rewrite <- sumn_scal.
        rewrite (sumn_ext d _ (fun j => sumn d (fun k => - (y i * (B i k * (sumn d (fun l => dC k l * B l j) * y j)))))).
        + rewrite sumn_swap. apply sumn_ext. intros k _. rewrite sumn_opp, sumn_scal, sumn_scal. do 3 f_equal.
          unfold apply_matrix, g, full_gauss_score, apply_matrix. fold B.
          rewrite (sumn_ext d _ (fun j => sumn d (fun l => dC k l * (B l j * y j)))).
          * rewrite sumn_swap. apply sumn_ext. intros l _. now rewrite sumn_scal.
          * intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
        + intros j _. rewrite sumn_opp, sumn_scal.
          rewrite (sumn_ext d (fun k => B i k * (_ * y j)) (fun k => y j * (B i k * sumn d (fun l => dC k l * B l j))))
            by (intros; ring).
          rewrite sumn_scal. ring.
      - rewrite sumn_swap. apply sumn_ext. intros k _. fold (apply_matrix d dC g k).
        assert (G : g k = sumn d (fun i => B k i * y i)) by reflexivity. rewrite G.
        set (c := apply_matrix d dC g k). rewrite (sumn_ext d _ (fun i => (- c) * (B k i * y i))).
        + rewrite sumn_scal. ring.
        + intros i _. rewrite (BS i k). ring. }
    assert (N : dot d g (fun j => - dm j) = - dot d g dm).
    { unfold dot. rewrite <- sumn_opp. apply sumn_ext. intros; ring. }
    rewrite E, N. field.
Qed.

Lemma quadratic_difference d B y z r : symmetric B ->
  quadratic d B (fun i => y i - r * z i)
  = quadratic d B y - 2 * r * dot d (apply_matrix d B z) y + r * r * quadratic d B z.
Proof.
  intros S. assert (X : dot d (apply_matrix d B y) z = dot d (apply_matrix d B z) y).
  { unfold dot, apply_matrix.
    rewrite (sumn_ext d (fun i => sumn d _ * z i) (fun i => sumn d (fun j => B i j * y j * z i))).
    - rewrite sumn_swap. apply sumn_ext. intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext.
      intros i _. rewrite (S i j). ring.
    - intros i _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring. }
  unfold quadratic.
  rewrite (sumn_ext d _ (fun i => y i * apply_matrix d B y i + (- r) * (apply_matrix d B y i * z i)
      + ((- r) * (apply_matrix d B z i * y i) + r * r * (z i * apply_matrix d B z i)))).
  - rewrite !sumn_plus, !sumn_scal. fold (dot d (apply_matrix d B y) z) (dot d (apply_matrix d B z) y).
    rewrite X. ring.
  - intros i _. assert (E : apply_matrix d B (fun j => y j - r * z j) i = apply_matrix d B y i - r * apply_matrix d B z i).
    { unfold apply_matrix. rewrite <- sumn_scal, <- sumn_minus. apply sumn_ext. intros; ring. }
    rewrite E. ring.
Qed.

(* N(x; m, C) = N(x_d; m_d, C_dd) N(rest; m + (x_d - m_d) C_.d/C_dd, C - C_.d C_d./C_dd): the last coordinate
   times the others given it, so N is a product of one-dimensional densities, each of mass 1. *)
Theorem full_gauss_factors d m C x : symmetric C -> positive (S d) C ->
  full_gauss (S d) m C x
  = gauss (m d) (sqrt (C d d)) (x d)
    * full_gauss d (fun i => m i + C i d / C d d * (x d - m d)) (schur d C) x.
Proof.
  intros S P. assert (c0 := positive_pivot d C S P). assert (Q := sqrt_lt_R0 _ c0).
  assert (QQ := sqrt_sqrt _ (Rlt_le _ _ c0)). assert (P0 := sqrt2pi_pos).
  assert (PN := pow_nonzero _ d (Rgt_not_eq _ _ P0)).
  set (y := fun i => x i - m i). set (B := inverse d (schur d C)). set (c := C d d) in *.
  assert (BS : symmetric B) by (apply inverse_symmetric, schur_symmetric, S).
  set (b := fun i => C i d). set (edge := fun i => apply_matrix d B b i / c).
  assert (E : quadratic (Datatypes.S d) (inverse (Datatypes.S d) C) y
    = y d * y d / c + quadratic d B (fun i => y i - y d / c * b i)).
  { rewrite quadratic_split by now apply inverse_symmetric.
    rewrite quadratic_difference by easy.
    assert (E1 : quadratic d (inverse (Datatypes.S d) C) y = quadratic d B y).
    { unfold quadratic, apply_matrix. apply sumn_ext. intros i Hi. f_equal. apply sumn_ext. intros j Hj.
      simpl. now rewrite (proj2 (Nat.eqb_neq i d)), (proj2 (Nat.eqb_neq j d)) by lia. }
    assert (E2 : dot d (inverse (Datatypes.S d) C d) y = - (dot d (apply_matrix d B b) y / c)).
    { unfold dot, Rdiv. rewrite (Rmult_comm (sumn d _)), <- sumn_scal, <- sumn_opp. apply sumn_ext. intros j Hj.
      simpl. rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq j d)) by lia. fold B b c. unfold Rdiv. ring. }
    assert (E3 : inverse (Datatypes.S d) C d d = (1 + quadratic d B b / c) / c).
    { simpl. rewrite Nat.eqb_refl. fold c. do 2 f_equal. unfold dot, quadratic, Rdiv.
      rewrite (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros j _. fold B b. rewrite (S d j).
      unfold b at 2. ring. }
    rewrite E1, E2, E3. field. lra. }
  unfold full_gauss, gauss. fold y B. rewrite E.
  assert (Z : quadratic d B (fun i => x i - (m i + C i d / c * (x d - m d))) = quadratic d B (fun i => y i - y d / c * b i)).
  { apply quadratic_ext. intros i _. unfold y, b. field. lra. }
  rewrite Z. simpl log_determinant. fold c. simpl pow.
  replace (- (y d * y d / c + quadratic d B (fun i => y i - y d / c * b i)) / 2 - (ln c + log_determinant d (schur d C)) / 2)
    with (- (x d - m d) ^ 2 / (2 * (sqrt c) ^ 2) + (- ln (sqrt c)
      + (- quadratic d B (fun i => y i - y d / c * b i) / 2 - log_determinant d (schur d C) / 2))).
  2:{ assert (L : ln c = ln (sqrt c) + ln (sqrt c)) by (rewrite <- ln_mult, QQ by easy; easy).
      replace ((sqrt c) ^ 2) with c by (rewrite <- QQ at 1; ring). rewrite L. unfold y. field. lra. }
  rewrite !exp_plus, exp_Ropp, exp_ln by easy. simpl. field. repeat split; lra.
Qed.

Lemma matrix_ext d : forall A A' : mat, (forall i j, (i < d)%nat -> (j < d)%nat -> A i j = A' i j) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> inverse d A i j = inverse d A' i j) /\
  log_determinant d A = log_determinant d A'.
Proof.
  induction d; intros A A' H; [split; [lia|easy]|].
  assert (HS : forall i j, (i < d)%nat -> (j < d)%nat -> schur d A i j = schur d A' i j)
    by (intros; unfold schur; now rewrite !H by lia).
  destruct (IHd _ _ HS) as (HI & HD).
  assert (E : forall i, (i < d)%nat -> apply_matrix d (inverse d (schur d A)) (fun j => A j d) i / A d d
      = apply_matrix d (inverse d (schur d A')) (fun j => A' j d) i / A' d d).
  { intros i Hi. unfold apply_matrix. rewrite H by lia. f_equal. apply sumn_ext. intros j Hj.
    now rewrite HI, H by lia. }
  split.
  - intros i j Hi Hj. simpl. destruct (Nat.eqb_spec i d), (Nat.eqb_spec j d);
      [|rewrite E by lia; easy|rewrite E by lia; easy|apply HI; lia].
    f_equal; [|apply H; lia]. f_equal. unfold dot. apply sumn_ext. intros k Hk. cbv beta.
    now rewrite (H d k), E by lia.
  - simpl. now rewrite H, HD by lia.
Qed.

Lemma full_gauss_ext d m A A' x : (forall i j, (i < d)%nat -> (j < d)%nat -> A i j = A' i j) ->
  full_gauss d m A x = full_gauss d m A' x.
Proof.
  intros H. destruct (matrix_ext d A A' H) as (HI & HD). unfold full_gauss. rewrite HD.
  replace (quadratic d (inverse d A) (fun i => x i - m i)) with (quadratic d (inverse d A') (fun i => x i - m i)); [easy|].
  unfold quadratic, apply_matrix. apply sumn_ext. intros i Hi. f_equal. apply sumn_ext. intros j Hj.
  now rewrite HI.
Qed.

Definition diagonal (V : vec) : mat := fun i j => kronecker i j * V i.

Lemma diagonal_symmetric V : symmetric (diagonal V).
Proof.
  intros i j. unfold diagonal, kronecker. rewrite (Nat.eqb_sym j i). destruct (Nat.eqb_spec i j) as [->|]; ring.
Qed.

Lemma diagonal_quadratic d V x : quadratic d (diagonal V) x = sumn d (fun i => V i * (x i * x i)).
Proof.
  unfold quadratic, apply_matrix, diagonal. apply sumn_ext. intros i Hi.
  rewrite (sumn_ext d _ (fun j => kronecker i j * (V i * x j))) by (intros; ring).
  rewrite sumn_kronecker by easy. ring.
Qed.

Lemma diagonal_positive d V : (forall i, (i < d)%nat -> 0 < V i) -> positive d (diagonal V).
Proof.
  intros HV x (i & Hi & Hx). rewrite diagonal_quadratic. apply (sumn_pos d _ i); [|easy|].
  - intros k Hk. apply Rmult_le_pos; [now apply Rlt_le, HV|apply Rle_0_sqr].
  - apply Rmult_lt_0_compat; [now apply HV|]. now apply Rsqr_pos_lt.
Qed.

Lemma diagonal_schur d V i j : (i < d)%nat -> (j < d)%nat -> schur d (diagonal V) i j = diagonal V i j.
Proof.
  intros Hi Hj. unfold schur, diagonal, kronecker. rewrite (proj2 (Nat.eqb_neq i d)) by lia. unfold Rdiv. ring.
Qed.

Lemma diagonal_log_determinant d V : log_determinant d (diagonal V) = sumn d (fun i => ln (V i)).
Proof.
  induction d; [easy|]. simpl. rewrite (proj2 (matrix_ext d _ _ (diagonal_schur d V))), IHd.
  unfold diagonal. rewrite kronecker_same, Rmult_1_l. apply Rplus_comm.
Qed.

(* A diagonal covariance gives the product of one-dimensional normals. *)
Theorem full_gauss_diagonal d m V x : (forall i, (i < d)%nat -> 0 < V i) ->
  full_gauss d m (diagonal V) x = gauss_vec d m (fun i => sqrt (V i)) x.
Proof.
  induction d; intros HV.
  - unfold full_gauss, quadratic, gauss_vec. simpl. replace (- 0 / 2 - 0 / 2) with 0 by field. rewrite exp_0. field.
  - rewrite full_gauss_factors by (auto using diagonal_symmetric, diagonal_positive).
    rewrite (full_gauss_ext d _ _ _ x (diagonal_schur d V)).
    assert (Z : full_gauss d (fun i => m i + diagonal V i d / diagonal V d d * (x d - m d)) (diagonal V) x
      = full_gauss d m (diagonal V) x).
    { unfold full_gauss. do 5 f_equal. apply quadratic_ext. intros i Hi. unfold diagonal at 1, kronecker.
      rewrite (proj2 (Nat.eqb_neq i d)) by lia. unfold Rdiv. ring. }
    rewrite Z, IHd by auto with arith. unfold gauss_vec. simpl. unfold diagonal.
    rewrite kronecker_same, Rmult_1_l. apply Rmult_comm.
Qed.
